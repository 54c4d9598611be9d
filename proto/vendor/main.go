// Command vendor prints the part of Envoy's ext_proc API that Sextant speaks, as .proto files.
//
// The descriptors are those compiled into go-control-plane. Only what the ExternalProcessor service can reach, plus
// ProcessingMode, is kept; options are dropped because they carry annotations alone (validation, versioning, packages
// of other languages), and none of them changes the wire.
package main

import (
	"log"
	"os"
	"sort"

	extproc "github.com/envoyproxy/go-control-plane/envoy/service/ext_proc/v3"
	"github.com/jhump/protoreflect/desc"
	"github.com/jhump/protoreflect/desc/protoprint"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/reflect/protodesc"
	"google.golang.org/protobuf/reflect/protoreflect"
	"google.golang.org/protobuf/types/descriptorpb"
)

func main() {
	if len(os.Args) != 2 {
		log.Fatal("usage: vendor OUTPUT_FOLDER")
	}
	reached := reach(extproc.File_envoy_service_ext_proc_v3_external_processor_proto.Services().Get(0))
	files := &descriptorpb.FileDescriptorSet{}
	for path, file := range filesOf(reached) {
		if isBundled(path) {
			files.File = append(files.File, protodesc.ToFileDescriptorProto(file))
			continue
		}
		files.File = append(files.File, prune(file, reached))
	}
	descriptors, err := desc.CreateFileDescriptorsFromSet(files)
	if err != nil {
		log.Fatal(err)
	}
	var kept []*desc.FileDescriptor
	for path, file := range descriptors {
		if !isBundled(path) {
			kept = append(kept, file)
		}
	}
	if err := (&protoprint.Printer{Compact: true}).PrintProtosToFileSystem(kept, os.Args[1]); err != nil {
		log.Fatal(err)
	}
}

// isBundled tells the files that protobufjs carries itself.
func isBundled(path string) bool {
	return len(path) > 16 && path[:16] == "google/protobuf/"
}

// reach collects every message and enum that the service's messages mention, and those that enclose them.
func reach(service protoreflect.ServiceDescriptor) map[protoreflect.FullName]protoreflect.Descriptor {
	seen := map[protoreflect.FullName]protoreflect.Descriptor{service.FullName(): service}
	var visit func(protoreflect.Descriptor)
	visit = func(d protoreflect.Descriptor) {
		if d == nil || seen[d.FullName()] != nil {
			return
		}
		seen[d.FullName()] = d
		if parent, nested := d.Parent().(protoreflect.MessageDescriptor); nested {
			visit(parent)
		}
		message, isMessage := d.(protoreflect.MessageDescriptor)
		if !isMessage {
			return
		}
		for i := 0; i < message.Fields().Len(); i++ {
			field := message.Fields().Get(i)
			if field.Message() != nil {
				visit(field.Message())
			}
			if field.Enum() != nil {
				visit(field.Enum())
			}
		}
	}
	for i := 0; i < service.Methods().Len(); i++ {
		visit(service.Methods().Get(i).Input())
		visit(service.Methods().Get(i).Output())
	}
	return seen
}

func filesOf(reached map[protoreflect.FullName]protoreflect.Descriptor) map[string]protoreflect.FileDescriptor {
	files := map[string]protoreflect.FileDescriptor{}
	for _, d := range reached {
		files[d.ParentFile().Path()] = d.ParentFile()
	}
	return files
}

func prune(
	file protoreflect.FileDescriptor,
	reached map[protoreflect.FullName]protoreflect.Descriptor,
) *descriptorpb.FileDescriptorProto {
	out := proto.Clone(protodesc.ToFileDescriptorProto(file)).(*descriptorpb.FileDescriptorProto)
	out.Options, out.SourceCodeInfo, out.Extension = nil, nil, nil
	prefix := file.Package()
	out.MessageType = pruneMessages(out.MessageType, prefix, reached)
	out.EnumType = pruneEnums(out.EnumType, prefix, reached)
	var services []*descriptorpb.ServiceDescriptorProto
	for _, service := range out.Service {
		if reached[prefix.Append(protoreflect.Name(service.GetName()))] != nil {
			service.Options = nil
			services = append(services, service)
		}
	}
	out.Service = services
	out.Dependency, out.PublicDependency, out.WeakDependency = dependencies(file, reached), nil, nil
	return out
}

func pruneMessages(
	messages []*descriptorpb.DescriptorProto,
	prefix protoreflect.FullName,
	reached map[protoreflect.FullName]protoreflect.Descriptor,
) []*descriptorpb.DescriptorProto {
	var kept []*descriptorpb.DescriptorProto
	for _, message := range messages {
		name := prefix.Append(protoreflect.Name(message.GetName()))
		if reached[name] == nil {
			continue
		}
		if !message.GetOptions().GetMapEntry() {
			message.Options = nil
		}
		for _, field := range message.Field {
			field.Options = nil
		}
		for _, oneof := range message.OneofDecl {
			oneof.Options = nil
		}
		message.NestedType = pruneMessages(message.NestedType, name, reached)
		message.EnumType = pruneEnums(message.EnumType, name, reached)
		kept = append(kept, message)
	}
	return kept
}

func pruneEnums(
	enums []*descriptorpb.EnumDescriptorProto,
	prefix protoreflect.FullName,
	reached map[protoreflect.FullName]protoreflect.Descriptor,
) []*descriptorpb.EnumDescriptorProto {
	var kept []*descriptorpb.EnumDescriptorProto
	for _, enum := range enums {
		if reached[prefix.Append(protoreflect.Name(enum.GetName()))] == nil {
			continue
		}
		enum.Options = nil
		for _, value := range enum.Value {
			value.Options = nil
		}
		kept = append(kept, enum)
	}
	return kept
}

// dependencies lists the files that the kept part of a file still mentions.
func dependencies(
	file protoreflect.FileDescriptor,
	reached map[protoreflect.FullName]protoreflect.Descriptor,
) []string {
	mentioned := map[string]bool{}
	for _, d := range reached {
		message, isMessage := d.(protoreflect.MessageDescriptor)
		if !isMessage || d.ParentFile().Path() != file.Path() {
			continue
		}
		for i := 0; i < message.Fields().Len(); i++ {
			field := message.Fields().Get(i)
			if field.Message() != nil {
				mentioned[field.Message().ParentFile().Path()] = true
			}
			if field.Enum() != nil {
				mentioned[field.Enum().ParentFile().Path()] = true
			}
		}
	}
	delete(mentioned, file.Path())
	var paths []string
	for path := range mentioned {
		paths = append(paths, path)
	}
	sort.Strings(paths)
	return paths
}
